"""The stage ``export``: results in the forms that other programs of the field open."""
