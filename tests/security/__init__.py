"""What the site does not let happen: headers, hostile values, wrong doors, secrets in logs, a database that is away."""
