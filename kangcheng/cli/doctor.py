"""kangcheng doctor: what is wrong with this installation."""

from typing import Annotated

import typer


def run(
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出 print JSON")] = False,
) -> None:
    """检查环境、数据库、密钥、磁盘与政策包。 Check environment, database, keys, disk and packs."""
    import json
    from dataclasses import asdict

    from kangcheng.config.health import examine

    findings = examine()
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            print(f"{'✓' if finding.well else '✗'} {finding.title}: {finding.says}")
            if not finding.well:
                print(f"    处理: {finding.todo}")
    raise typer.Exit(0 if all(finding.well for finding in findings) else 1)
