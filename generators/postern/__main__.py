"""`python -m postern`."""

from postern.cli import main

if __name__ == "__main__":
    main()
