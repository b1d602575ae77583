"""Posters to hang: what a college shows its students, and strips to tear off that tell nobody anything.

sheet.py     one poster as a page, and as PDF
sheet.html   how it looks; printed black on white, A4
"""
