"""Show a pipeline and take edits: messages (wire), what is shown (view and its neighbours), the component. Never runs anything."""
