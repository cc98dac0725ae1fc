"""x"""


def bulk(): ...
