"""DataFrames to the contract's schemas: one public function per endpoint, shared by API, pages and embeds."""
