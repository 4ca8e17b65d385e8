"""The commands, one module each: what a user types, and the step that it runs.

They are imported whenever `lakehouse` starts, so that heavy imports wait inside the steps.
"""
