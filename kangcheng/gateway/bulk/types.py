"""Words of bulk jobs."""

STATES = {"waiting": "处理中", "done": "已完成", "failed": "失败", "cancelled": "已取消"}
