"""Keys that change under a portal in service, trust lists that must not be taken, and a clock that is wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from portal.assemble import assemble
from portal.authority.signing_keys import SigningKey
from portal.authority.trust_lists import PublishedKey, make_root, sign_trust_list
from portal.settings import Settings
from portal.verification.trust import KeyState
from portal.web import create_app
from tests.authorities import AT, DAY, PUBLIC_URL, REGISTERED_AT, key, publish, publish_ended
from tests.drills.site import Ended, Seen, Site, Visitors, require_service, wait_for
from tests.world import Issued

WITHIN = 5.0  # seconds


@dataclass(slots=True)
class Office:
    """Publishes for a site in service, whose visitors ask for one licence all the while."""

    site: Site
    licence: Issued
    visitors: Visitors
    seen: list[Seen]

    def publish(self, main_key: PublishedKey | None = None, signers: Sequence[SigningKey] | None = None) -> None:
        """The next list, with another record of the key that signed the licence."""
        if main_key:
            self.site.world.liaoning.published_keys[0] = main_key
        published = self.site.portal("trust", "publish", self.draft(signers))
        assert published.status == 0, published.complaint

    def draft(self, signers: Sequence[SigningKey] | None = None) -> Path:
        world = self.site.world
        world.version += 1
        folder = self.site.folder / f"draft-{world.version}"
        folder.mkdir()
        document = world.trust_list_document
        (folder / "trust-list.json").write_bytes(document)
        (folder / "trust-list.json.sig").write_bytes(sign_trust_list(document, signers or world.root_keys[:2]))
        return folder

    def all_told(self, reason: str) -> float:
        """When the last answer with another reason was asked for, in seconds from now; AssertionError after 5."""
        start = time.monotonic()
        time.sleep(2 * WITHIN)
        since = [each for each in self.seen if each.asked > start]
        behind = max((each.asked - start for each in since if each.reasons != (reason,)), default=0.0)
        assert since, "nobody was answered"
        assert behind < WITHIN, f"a worker did not say {reason} {behind:.1f} s later"
        return behind


def _site(folder: Path) -> Site:
    site = Site(folder, licences=2)
    assert site.portal("register", "load", site.generation(1)) == Ended(0, ())
    status = folder / "status"
    status.write_bytes(site.world.liaoning.status_list(AT - 600))
    assert site.portal("status", "load", status) == Ended(0, ())
    return site


def _rehearsed(folder: Path, drill: Callable[[Office], str]) -> str:
    site = _site(folder)
    assert site.first
    with site.served() as visitors, visitors.asking(f"/v/{site.first.token}") as seen:
        wait_for(lambda: seen[-1:] != [] and seen[-1].reasons == ("in_force",), 20, "nobody was told in_force")
        result = drill(Office(site, site.first, visitors, seen))
    require_service(visitors, seen)
    return f"{result}; {len(seen)} answers meanwhile, none failed"


def rotation(folder: Path, _: int) -> str:
    def drill(office: Office) -> str:
        world = office.site.world
        late = world.licence(issued_at=AT - 3600)
        world.liaoning.published_keys.append(publish(key("liaoning-next")))
        office.publish(publish_ended(world.liaoning.keys["esp256"], KeyState.RETIRED, AT - 7200))
        assert office.all_told("in_force") == 0
        assert office.visitors.ask(f"/v/{late.token}").reasons == ("key_not_in_term",)
        return "what the retired key signed in its term stands, what it signs later is refused"

    return _rehearsed(folder, drill)


def compromise(folder: Path, _: int) -> str:
    def drill(office: Office) -> str:
        stolen = office.site.world.liaoning.keys["esp256"]
        office.publish(publish_ended(stolen, KeyState.COMPROMISED, AT))
        assert office.all_told("in_force") == 0, "what was registered before the theft fell"
        office.publish(publish_ended(stolen, KeyState.COMPROMISED, REGISTERED_AT - DAY))
        return f"all workers refuse what was registered later within {office.all_told('key_compromised'):.1f} s"

    return _rehearsed(folder, drill)


def scope(folder: Path, _: int) -> str:
    def drill(office: Office) -> str:
        main = office.site.world.liaoning.keys["esp256"]
        office.publish(publish(main, types=("device-distribution",)))
        narrowed = office.all_told("out_of_scope")
        office.publish(publish(main))
        return f"narrowed within {narrowed:.1f} s, widened again within {office.all_told('in_force'):.1f} s"

    return _rehearsed(folder, drill)


def new_root(folder: Path, _: int) -> str:
    def drill(office: Office) -> str:
        world = office.site.world
        new_keys = [key(f"next-root-{number}", "Ed25519") for number in range(3)]
        root, both = make_root(2, new_keys), [*world.root_keys[:2], *new_keys[:2]]
        draft = office.draft(both)
        (draft / "root.json").write_bytes(root)
        (draft / "root.json.sig").write_bytes(sign_trust_list(root, both))
        assert office.site.portal("trust", "publish", draft) == Ended(0, ())
        assert office.all_told("in_force") == 0
        refused = office.site.portal("trust", "publish", office.draft())
        assert (refused.status, len(refused.complaint)) == (1, 1), "a list of the old root alone was taken"
        office.publish(publish(world.liaoning.keys["esp256"], types=("device-distribution",)), new_keys[:2])
        behind = office.all_told("out_of_scope")
        return f"portals with the old pin follow, and use what the new root alone signs within {behind:.1f} s"

    return _rehearsed(folder, drill)


def refused_lists(folder: Path, _: int) -> str:
    def drill(office: Office) -> str:
        keys = folder / "keys"
        older = {name: (keys / name).read_bytes() for name in ("trust-list.json.sig", "trust-list.json")}
        office.publish()
        assert office.all_told("in_force") == 0
        for name, content in older.items():
            (keys / name).write_bytes(content)
        assert office.all_told("in_force") == 0, "an older list was used"
        (keys / "trust-list.json").write_bytes(b"{")
        assert office.all_told("in_force") == 0, "a broken list was used"
        assert office.visitors.ask("/readyz").status == 200
        assert office.site.portal("trust", "check").status == 1
        office.publish(publish(office.site.world.liaoning.keys["esp256"], types=("device-distribution",)))
        return f"the last good one stays; the next good one is used within {office.all_told('out_of_scope'):.1f} s"

    return _rehearsed(folder, drill)


def wrong_clock(folder: Path, _: int) -> str:
    site = _site(folder)
    settings = Settings.from_environment(
        {name: value for name, value in site.environment.items() if name.startswith("PORTAL_")}
    )
    seen = {}
    for name, at in {"wrong": AT - 2 * DAY, "right": AT}.items():
        portal = assemble(settings, lambda at=at: at, serves=True)  # type: ignore[misc]
        app = create_app(settings=settings, verifier=portal.verifier, reader=portal.reader, clock=portal.clock)
        visit = app.test_client()
        assert site.first
        page = visit.get(f"/v/{site.first.token}", base_url=PUBLIC_URL).text
        reason = next(each for each in ("in_force", "status_unknown") if f'data-reason="{each}"' in page)
        seen[name] = (reason, visit.get("/readyz", base_url=PUBLIC_URL).status_code)
    assert seen == {"wrong": ("status_unknown", 503), "right": ("in_force", 200)}, str(seen)
    return "status_unknown and not ready while it is two days behind, in_force and ready once it is set"
