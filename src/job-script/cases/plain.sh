python -m venv --help
python prepare.py
exec python app.py "$@"
