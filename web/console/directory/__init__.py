"""The directory of help in the console: whoever tends it finds a row, corrects it, and sees what will be told.

listing   the rows, searched and filtered
row       one row: its form, what is told by it, what was changed
telling   what she is told, made by the code of the conversation
names     kinds, districts, states and columns in the language of the interface
"""
