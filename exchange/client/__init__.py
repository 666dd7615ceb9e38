"""What an authority runs."""
