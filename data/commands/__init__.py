"""The only INSERT, UPDATE and DELETE: each command is one transaction that lands whole or not at all."""
