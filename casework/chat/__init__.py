"""The counsellors' chat: the desk as it looks from a messenger. It knows no messenger's protocol: what comes in is read, and
what goes out is sent, by a door (handlers).

update      what a counsellor did there, as the door hands it in
taking      who is it, did we hear it before, what does she want
commands    what she may ask for by a word or a button
writing     her words in a topic: an answer to the reporter, or a note
pairing     whose account it is, by a code from the console
herald      what happens to cases, told there
showing     a reporter's words, shown when she asks to see them
posting     what is put into the outbox, and into which chat
spots       where a case stands in a chat, as the door needs it
words       its own words, a file a language of staff
"""
