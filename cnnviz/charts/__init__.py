"""Tables in, Altair charts out. Nothing here knows of torch or streamlit."""
