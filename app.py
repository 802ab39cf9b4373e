"""The app, for `streamlit run app.py`. `designer ui` starts the same with safe flags from anywhere."""

from designer.app.main import main

main()
