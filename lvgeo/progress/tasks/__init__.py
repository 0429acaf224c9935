"""What the plan asks besides canopy: each demand of each village, held against the office's registers."""
