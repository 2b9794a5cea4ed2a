"""Tests of what deployments take from `deploy/`."""
