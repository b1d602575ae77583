"""The vault: keys, seals, receipts and chains. Bytes in, bytes out; it knows no table and no web.

randomness  the only source of chance in the program
secret      what every value that holds a secret shares: it shows nothing and is not pickled
sealing     pad, bind to a place, seal; a row that was changed or moved does not open
stretching  making a guess expensive (Argon2id)
passphrases keys at rest under a passphrase
keyring     the installation's own keys, versioned and split by purpose
senders     what stands for an address, so that no address is kept
receipts    the code with which a reporter finds and opens her report
grants      key pairs, and handing a report's private half to those who may read it
chains      rows that hold on to the row before, so that a missing or changed one shows

Nothing here can promise that a secret leaves memory at once: Python's bytes cannot be wiped.
"""
