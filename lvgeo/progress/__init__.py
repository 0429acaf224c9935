"""Judgement: change, controls, expected gain, verdict, ledger."""
