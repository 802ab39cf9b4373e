"""Where runs, metrics and kept values live. Writers append to their process's journal; readers fold journals into SQLite."""
