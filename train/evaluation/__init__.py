"""Base against tuned: answers, measures with intervals, errors, slices, guardrails, and the page that shows them."""
