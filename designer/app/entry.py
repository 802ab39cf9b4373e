"""What `designer ui` has Streamlit run."""

from designer.app.main import main

main()
