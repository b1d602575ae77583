"""Files that a counsellor sends: made bare of where, when and by whom they were made.

preparing  looks at what she chose, and makes a picture, a voice note or a PDF that can go out
voices     sound without what hangs on it
pdfs       pages without what hangs on them
jpegs      the pictures within pages, without what hangs on those
"""
