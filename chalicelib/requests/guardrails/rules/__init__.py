"""One module for each guardrail, with one pure function: `judge(subject, facts)` tells what there is to know of a change."""
