"""Who asks, and how answers go out: identity, cache, errors, headers, logs. Flask, no Dash."""
