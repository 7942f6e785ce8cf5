"""What is true: models, statements (SELECT, INSERT, UPDATE, DELETE), reports, imports. No Flask, no Dash, no Plotly."""
