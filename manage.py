#!/usr/bin/env python
"""Django's own commands (makemigrations, shell...), with the embedded database started first."""

import sys

from kangcheng.config.boot import boot

if __name__ == "__main__":
    boot(start_database="makemigrations" not in sys.argv)
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
