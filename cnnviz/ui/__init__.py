"""What the pages share of Streamlit: state, caches, controls, components."""
