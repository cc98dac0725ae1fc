"""What is said when an expression cannot be read or cannot be worked out."""

from kangcheng.kernel.errors import KangchengError


class PathError(KangchengError):
    """An expression that is not valid, uses what we do not know, or meets values it cannot work with."""
