"""Pages: registered layouts without data. They meet the callbacks only in `components.ids`."""
