"""What is drawn: reports to Dash components and Plotly figures. No data access, no Flask."""
