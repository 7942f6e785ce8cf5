"""The words everything else is written in: settings, periods, money, errors. No database, no Flask, no Dash."""
