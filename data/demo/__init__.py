"""The demo tenants' books, made up from nothing but a day: a person, a company and a stranger.

Pure generation, without a database: `person(today)`, `organisation(today)` and `stranger(today)` give the same
`Book` for the same day on every machine. Each topic of each month has its own random numbers, seeded by
(tenant, month, topic), so the past barely changes when `today` moves on. What does follow `today`: the first month
(36 before this one), balances carried from it (interest, valuations), the loans (they begin with a calendar year),
and this month's spending, which is shaped so that some budgets are over, projected over and in warning on any day.
All companies, people and bank codes are fictional.
"""
