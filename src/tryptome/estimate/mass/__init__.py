"""The mass balance: milligrams of tryptophan a day, a scenario under stated priors."""
