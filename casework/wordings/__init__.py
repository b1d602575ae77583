"""An organisation's own words for what reporters are told.

shelf      lays them over the shipped catalogues, and the phrasebook over when somebody changed one
"""
