"""A few people who work at each institution. Their names are made like everybody's; they are nobody of the register."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from kangcheng.synth.columns import chosen, numbered
from kangcheng.synth.draw import Streams, ranks
from kangcheng.synth.params import Params
from kangcheng.synth.places import Institutions
from kangcheng.synth.population import names

POSTS = {
    "village_clinic": ("village_doctor",),
    "community_station": ("clinician",),
    "pharmacy": ("pharmacist",),
    "cdc": ("disease_control", "clinician"),
    "supervision": ("inspector",),
}
USUAL = ("clinician", "cashier", "nurse", "institution_manager", "pharmacist")
BORN = (1962, 2000)


def table(params: Params, streams: Streams, institutions: Institutions) -> pa.Table:
    """One row a member of staff: institution, name, sex, post, number of the licence (made up)."""
    rng = streams("staff")
    site = np.repeat(np.arange(len(institutions)), institutions.staff)
    count = len(site)
    male = rng.random(count) < 0.4
    year = rng.integers(*BORN, count)
    given = names.given_names(params, rng, year, male, np.full(count, -1))
    posts = [POSTS.get(kind, USUAL) for kind in institutions.types]
    place = ranks(site)
    return pa.table(
        {
            "staff": numbered("S", np.arange(count) + 1, 7),
            "institution": chosen(institutions.codes, site),
            "name": names.full(names.surname_index(rng, count), given),
            "sex": chosen(["F", "M"], male.astype(np.int64)),
            "post": pa.array(
                [
                    posts[row][nth % len(posts[row])]
                    for row, nth in zip(site.tolist(), place.tolist(), strict=True)
                ],
                pa.string(),
            ),
            "licence_number": numbered("9999", np.arange(count) + 1, 11),
        }
    )


def institution_table(institutions: Institutions) -> pa.Table:
    """The institutions as rows."""
    return pa.table(
        {
            "code": pa.array(institutions.codes, pa.string()),
            "name": pa.array(institutions.names, pa.string()),
            "type": pa.array(institutions.types, pa.string()),
            "level": pa.array(institutions.levels, pa.string()),
            "area_code": pa.array(institutions.areas, pa.string()),
            "designated": pa.array(institutions.designated, pa.bool_()),
            "beds": pa.array(institutions.beds, pa.int64()),
        }
    )
