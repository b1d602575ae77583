"""Exports of RapidPro and TextIt, read into flows of ours. What has no equal here is told, node by node; nothing is lost in silence.

The format, versions 13 and 14, as nyaruka/goflow defines it (flows/definition, flows/actions, flows/routers, its testdata, and
its migrations to 14) and nyaruka/rapidpro exports it (media/test_flows). Read there for what it means; no code of theirs is here.

shape     an export as values with their paths, or a refusal
texts     messages and names: what of them can be said here
cases     the tests of a router: what sort of question they make, and whether one fits a text
learning  what each result and contact field is here: a question, a word that is set, nothing
splitting where a flow goes on by what it knows, as guards of ours
sayings   its words in every language
weaving   nodes as steps, one after the other
"""
