"""Images as they are compared: checked, shrunk, smoothed, cut to their pixels, warped."""
