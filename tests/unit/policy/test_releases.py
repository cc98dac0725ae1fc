"""Releases cannot be changed, are made once, and load back as they were."""

import json
from datetime import datetime

import pytest

from kangcheng.kernel.dates import CHINA_TZ
from kangcheng.policy.reader import assemble
from kangcheng.policy.releases import (
    ReleaseError,
    in_force,
    load_release,
    parse_moment,
    publish,
    read_release,
    releases,
)
from kangcheng.policy.store import read_store

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=CHINA_TZ)
SOON = datetime(2026, 12, 1, tzinfo=CHINA_TZ)


def published(bench, *, effective=SOON, by="林", approved_by="王"):
    store = read_store("city", bench.root)
    pack = assemble("city", store)
    return publish(
        store,
        pack,
        by=by,
        approved_by=approved_by,
        effective_at=effective,
        published_at=NOW,
        root=bench.root / "releases",
    )


def test_a_release_loads_back_without_its_pack(bench):
    bench.parameter()
    release, new = published(bench)
    assert new and release.effective_at == "2026-12-01T00:00+08:00"
    original = bench.load()
    bench.parameter(value="999")
    again = load_release(release.hash, bench.root / "releases")
    assert again.release_hash == release.hash == original.release_hash
    assert again.at(SOON.date()).parameter("premium") == 30_000
    assert load_release(release.hash[:10], bench.root / "releases").release_hash == release.hash


def test_the_same_content_is_released_once(bench):
    bench.parameter()
    first, _ = published(bench)
    second, new = published(bench, by="赵", approved_by="钱", effective=NOW)
    assert not new and second == first
    assert not list((bench.root / "releases").rglob("*.draft"))


@pytest.mark.parametrize(("by", "approved_by"), [("林", "林"), ("林", " 林 "), ("", "王"), ("林", " ")])
def test_two_people_are_needed(bench, by, approved_by):
    with pytest.raises(ReleaseError, match="two different people"):
        published(bench, by=by, approved_by=approved_by)


def test_an_altered_release_is_refused(bench):
    bench.parameter()
    release, _ = published(bench)
    file = bench.root / "releases/city" / f"{release.hash}.json"
    assert file.stat().st_mode & 0o222 == 0
    file.chmod(0o644)
    file.write_text(file.read_text("utf-8").replace('\\"300\\"', '\\"301\\"'), "utf-8")
    with pytest.raises(ReleaseError, match="altered"):
        load_release(release.hash, bench.root / "releases")


def test_a_release_file_that_is_none(bench):
    folder = bench.root / "releases/city"
    folder.mkdir(parents=True)
    for text in ("{", "{}", "[]", json.dumps({"format": 99})):
        (folder / "abcdefgh.json").write_text(text)
        with pytest.raises(ReleaseError):
            read_release(folder / "abcdefgh.json")
    for hash_ in ("zzz", "../x", ""):
        with pytest.raises(ReleaseError, match="no such release"):
            load_release(hash_, bench.root / "releases")


def test_a_short_hash_must_be_unique(bench):
    bench.parameter()
    published(bench)
    bench.parameter(value="301")
    published(bench)
    hashes = [release.hash for release in releases(bench.root / "releases")]
    shared = next(n for n in range(65) if hashes[0][: n + 1] != hashes[1][: n + 1])
    if shared:
        with pytest.raises(ReleaseError, match="too short"):
            load_release(hashes[0][:shared], bench.root / "releases")
    assert load_release(hashes[0][: shared + 1], bench.root / "releases").release_hash == hashes[0]


def test_the_release_in_force_is_the_last_effective(bench):
    root = bench.root / "releases"
    bench.parameter()
    early, _ = published(bench, effective=NOW)
    bench.parameter(value="320")
    late, _ = published(bench, effective=SOON)
    assert in_force(root, "city", NOW) == early
    assert in_force(root, "city", SOON) == late
    assert releases(root, "city") == [early, late]
    with pytest.raises(ReleaseError, match="no release in force"):
        in_force(root, "city", datetime(2026, 1, 1, tzinfo=CHINA_TZ))


def test_two_writers_at_once_leave_one_file(bench, monkeypatch):
    bench.parameter()
    release, _ = published(bench)
    monkeypatch.setattr("pathlib.Path.exists", lambda self: False)
    assert published(bench)[0] == release


def test_moments():
    assert parse_moment("2026-12-01") == SOON
    assert parse_moment("2026年12月1日 08:30").hour == 8
    for text in ("", "2026-13-01", "2026-12-01T25:00", "2026-12-01T8", "soon"):
        with pytest.raises(ReleaseError):
            parse_moment(text)


def test_a_moment_without_a_zone_is_refused(bench):
    with pytest.raises(ReleaseError, match="time zone"):
        published(bench, effective=datetime(2026, 12, 1))  # noqa: DTZ001
