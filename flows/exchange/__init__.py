"""Flows as files: out to other houses and to paper, and in from them. Pure; nothing here is stored or run.

bundle    a flow with its words in every language, and what is to be said about a file
strict    JSON from anywhere, read without trusting it
own       our own two forms, TOML and JSON, out and in: the same flow, and the same words
rapidpro  exports of RapidPro and TextIt, in
floip     a container of the Flow Interoperability Project, out
picture   drawn, as SVG
giving    every form in which a flow goes out
taking    a file of any form, read; or refused with its line or path
"""
