"""The pages. The folder isn't called `pages`: beside `st.navigation`, Streamlit would serve such files around the sign-in."""
