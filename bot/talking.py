"""A person talks with her: what she writes goes into the case, and nothing is answered by the program.

The one thing asked is whether the talk helped, once, when it has ended.
"""

from __future__ import annotations

from bot import asides
from flows.scene import Heard, Scene


def hear(talk: str, scene: Scene, heard: Heard, danger: str) -> str:
    """Bring her words into the case.

    talk    the case's id, hexadecimal
    danger  the highest level heard in this talk
    Return "gone" (erased or taken back), "helped" (this was her answer), "again" (it had been closed), or "".
    """
    stands = scene.desk.tell("talk", {"talk": talk}, scene.now).outcome
    if stands == "gone":
        return "gone"
    if stands == "asked":
        meant = asides.read("helped", scene, heard)
        if meant:
            helped(talk, scene, meant)
            return "helped"
    said = {"words": [heard.text] if heard.text.strip() else [], "media": list(heard.media)}
    if not said["words"] and not said["media"]:
        return ""
    told = scene.desk.commit("relay", {"talk": talk, "said": said, "danger": danger}, scene.now)
    if told.outcome == "gone":
        return "gone"
    return "again" if stands in ("asked", "closed") else ""


def is_asked(talk: str, scene: Scene) -> bool:
    """Whether it has ended and she is asked whether it helped."""
    return scene.desk.tell("talk", {"talk": talk}, scene.now).outcome == "asked"


def helped(talk: str, scene: Scene, meant: str) -> None:
    """Whether it helped: "yes" or "no"."""
    scene.desk.commit("helped", {"talk": talk, "helped": meant}, scene.now)


def end(talk: str, scene: Scene) -> None:
    """She ends it. The case stays; what she has not got waits for her number."""
    scene.desk.commit("end_talk", {"talk": talk}, scene.now)
