"""Models that compute as their crossbars would: sgsars.hardware."""
