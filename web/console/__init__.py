"""The console: what staff open in a browser.

routes    every address and who may open it, in one table
console   joins the table to its views, and stands before them: who is it, may she, did our own form send this
pages     a page in her language, cookies, who is asking
words     the console's own words, a file a language
joining, entering, lost, account, telegram, people   the views
cases     the inbox, and one case
directory the directory of help: rows, calls to verify them, map, files
"""
