"""Every key of the session's state. Nothing else in the app spells one."""
