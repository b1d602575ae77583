"""Every address of the console and who may open it. What is not in this table does not exist; docs/routes.md shows it."""

from __future__ import annotations

from dataclasses import dataclass

from casework.canned.editing import EDITORS, VIEWERS
from casework.community.editing import TENDERS
from casework.shifts.keeping import PLANNERS
from casework.staff.roles import READERS, Role
from casework.wordings.room import EDITORS as WORDERS

Roles = frozenset[Role]

STAFF: Roles = frozenset(Role)
ADMIN: Roles = frozenset({Role.ADMIN})
TENDED: Roles = READERS | {Role.ADMIN}  # who may look at the directory; changing it is an admin's
ROTA: Roles = READERS | ADMIN
A_FILE = 6 * 1024 * 1024  # bytes: some 12,000 rows of the directory; more of them come from the terminal
ANYBODY = None  # also who is not logged in


@dataclass(frozen=True, slots=True)
class Route:
    """One address, by one method."""

    method: str
    path: str  # below ROOT
    view: str  # module.function below web/console
    roles: Roles | None
    about: str
    largest: int = 64 * 1024  # bytes of what is sent; a passkey's answer has some two thousand

    @property
    def endpoint(self) -> str:
        """Its name in links."""
        return f"{self.method.lower()} {self.path}"


ROUTES = (
    Route("GET", "/", "account.home", STAFF, "what waits for her"),
    Route("GET", "/login", "entering.login", ANYBODY, "name, password, second factor"),
    Route("POST", "/login", "entering.log_in", ANYBODY, "log in"),
    Route("POST", "/logout", "entering.log_out", STAFF, "log out"),
    Route("GET", "/invitation", "joining.invitation", ANYBODY, "the code of an invitation, from behind the link's #"),
    Route("POST", "/invitation", "joining.look", ANYBODY, "show whom it is for and what to set up"),
    Route("POST", "/invitation/accept", "joining.accept", ANYBODY, "set it up; shows the recovery code, once"),
    Route("GET", "/lost", "lost.choose", ANYBODY, "what was lost"),
    Route("GET", "/lost/password", "lost.password", ANYBODY, "recovery code and second factor"),
    Route("POST", "/lost/password", "lost.set_password", ANYBODY, "choose a new password"),
    Route("GET", "/lost/factor", "lost.factor", ANYBODY, "recovery code and password"),
    Route("POST", "/lost/factor", "lost.set_factor", ANYBODY, "set up a new second factor"),
    Route("GET", "/account", "account.account", STAFF, "her own password, second factor and recovery code"),
    Route("POST", "/account/password", "account.set_password", STAFF, "change the password; ends every login of hers"),
    Route("POST", "/account/factor", "account.set_factor", STAFF, "change the second factor; ends every login of hers"),
    Route("POST", "/account/recovery", "account.set_recovery", STAFF, "a new recovery code, shown once"),
    Route("POST", "/account/logins", "account.end_logins", STAFF, "end every login of hers"),
    Route("GET", "/staff", "people.everybody", ADMIN, "who there is"),
    Route("POST", "/staff/invite", "people.invite", ADMIN, "invite somebody; shows the link, once"),
    Route("POST", "/staff/again", "people.again", ADMIN, "another link for somebody"),
    Route("POST", "/staff/role", "people.change_role", ADMIN, "give somebody another role; ends her logins"),
    Route("POST", "/staff/logins", "people.end_logins", ADMIN, "end somebody's logins"),
    Route("POST", "/staff/remove", "people.remove", ADMIN, "let somebody go"),
    Route("POST", "/share", "people.share", READERS, "let colleagues open earlier reports"),
    Route("POST", "/leave", "people.leave", READERS, "leave, after sharing what only she can open"),
    # Her Telegram
    Route("GET", "/account/telegram", "telegram.shown", READERS, "whether her Telegram is paired"),
    Route("POST", "/account/telegram/code", "telegram.make_code", READERS, "a code that pairs it, shown once"),
    Route("POST", "/account/telegram/unpair", "telegram.unpair", READERS, "let it go"),
    Route(
        "POST", "/account/telegram/prefer", "telegram.prefer", READERS, "what is pushed to it, and in which language"
    ),
    # Cases
    Route("GET", "/live", "cases.live.live", READERS, "which cases change, as long as the page is open; ids only"),
    Route("GET", "/cases", "cases.inbox.inbox", READERS, "the cases that she can open, as a list"),
    Route(
        "GET", "/cases/<case>", "cases.case.case", READERS, "one case; its words only for whoever holds it or joined"
    ),
    Route("POST", "/cases/search", "cases.search.found", READERS, "look for words in her own cases"),
    Route("POST", "/cases/<case>/claim", "cases.doing.claim", READERS, "take a case that nobody has"),
    Route("POST", "/cases/<case>/release", "cases.doing.release", READERS, "give it back to the queue"),
    Route("POST", "/cases/<case>/hand-over", "cases.doing.hand_over", READERS, "give it to a colleague"),
    Route(
        "POST", "/cases/<case>/join", "cases.doing.join", READERS, "a supervisor reads and answers beside the holder"
    ),
    Route("POST", "/cases/<case>/close", "cases.doing.close", READERS, "close it, for a reason"),
    Route("POST", "/cases/<case>/reopen", "cases.doing.reopen", READERS, "take up a closed case again"),
    Route("POST", "/cases/<case>/risk", "cases.doing.risk", READERS, "say how grave it is"),
    Route("POST", "/cases/<case>/institution", "cases.doing.institution", READERS, "say which place it is about"),
    Route(
        "POST",
        "/cases/<case>/ready",
        "cases.doing.ready",
        READERS,
        "put a ready answer into what is typed",
        largest=11 * 1024 * 1024,
    ),
    Route("POST", "/cases/<case>/reply", "cases.doing.reply", READERS, "answer the reporter", largest=11 * 1024 * 1024),
    Route(
        "POST",
        "/cases/<case>/note",
        "cases.doing.note",
        READERS,
        "write a note for colleagues",
        largest=128 * 1024,  # the note, and an answer that is half written: each letter is up to nine bytes
    ),
    # The directory
    Route("GET", "/directory", "directory.listing.rows", TENDED, "the directory of help, searched and filtered"),
    Route("GET", "/directory/row", "directory.row.row", TENDED, "one row, what is told by it, what was changed"),
    Route("POST", "/directory/row", "directory.row.save", ADMIN, "change a row"),
    Route("POST", "/directory/row/preview", "directory.row.preview", ADMIN, "what would be told by what is typed"),
    Route("POST", "/directory/row/show", "directory.row.show", ADMIN, "hide a row, or show it again"),
    Route("POST", "/directory/row/undo", "directory.row.undo", ADMIN, "take back a row's last change"),
    Route("GET", "/directory/calls", "directory.calls.call", ADMIN, "numbers to verify by phone today, one by one"),
    Route("POST", "/directory/calls/answered", "directory.calls.answered", ADMIN, "it answered and is right"),
    Route("POST", "/directory/calls/silent", "directory.calls.silent", ADMIN, "it does not answer"),
    Route("POST", "/directory/calls/undo", "directory.calls.undo", ADMIN, "that was a slip"),
    Route("GET", "/directory/map", "directory.chart.chart", TENDED, "the rows on a map, and as a list beside it"),
    Route("POST", "/directory/bulk", "directory.bulk.plan", ADMIN, "what would become of the rows that are ticked"),
    Route("POST", "/directory/bulk/apply", "directory.bulk.apply", ADMIN, "do it to all of them"),
    Route("GET", "/directory/files", "directory.intake.files", ADMIN, "bring rows from a file, or take them as one"),
    Route("GET", "/directory/files/export", "directory.intake.export", ADMIN, "the whole directory as a file"),
    Route("POST", "/directory/files", "directory.intake.look", ADMIN, "what a file would change", A_FILE),
    Route("POST", "/directory/files/apply", "directory.intake.take", ADMIN, "take the file that was looked at", A_FILE),
    Route("GET", "/directory/changes", "directory.looking_back.changes", ADMIN, "who changed what in the directory"),
    Route("GET", "/directory/credits", "directory.looking_back.credit", TENDED, "sources and licences"),
    Route("GET", "/directory/new", "directory.row.blank", ADMIN, "the form of a new row"),
    Route("POST", "/directory/new", "directory.row.add", ADMIN, "add a row"),
    Route("GET", "/tips", "directory.tips.tips", TENDED, "the safety tips, by situation"),
    Route("GET", "/tips/tip", "directory.tips.tip", TENDED, "one tip in every language, as it is told"),
    Route("POST", "/tips/tip", "directory.tips.save", ADMIN, "change a tip"),
    Route("POST", "/tips/tip/preview", "directory.tips.preview", ADMIN, "how a tip would be told as it is typed"),
    Route("POST", "/tips/move", "directory.tips.move", ADMIN, "tell a tip earlier or later"),
    # How she is called
    Route("GET", "/door", "door.shown", STAFF, "how she is called when a case cannot wait"),
    Route("POST", "/door", "door.choose", STAFF, "choose it"),
    Route("POST", "/door/try", "door.attempt", STAFF, "a call to try whether it arrives"),
    # Shifts and hours
    Route("GET", "/shifts", "shifts.week.week", ROTA, "the week at a glance: who is on, where nobody is"),
    Route("POST", "/shifts/now", "shifts.week.say_now", READERS, "say that she is on now, or off"),
    Route("GET", "/shifts/mine", "shifts.person.mine", READERS, "her own week"),
    Route(
        "GET", "/shifts/<who>", "shifts.person.shown", READERS, "one counsellor's week; another's a supervisor's only"
    ),
    Route("POST", "/shifts/<who>/week", "shifts.person.set_week", READERS, "her shifts of every week"),
    Route("POST", "/shifts/<who>/change", "shifts.person.add_change", READERS, "what differs once"),
    Route("POST", "/shifts/<who>/change/drop", "shifts.person.drop_change", READERS, "take that back"),
    Route(
        "POST",
        "/shifts/<who>/ways",
        "shifts.person.set_ways",
        READERS,
        "her languages, how many cases, her name for reporters",
    ),
    Route("GET", "/hours", "shifts.hours.shown", PLANNERS, "the team's hours and holidays"),
    Route("POST", "/hours", "shifts.hours.set_week", PLANNERS, "set the hours of every week"),
    Route("POST", "/hours/holiday", "shifts.hours.add_holiday", PLANNERS, "a day on which the team does not read"),
    Route("POST", "/hours/holiday/drop", "shifts.hours.drop_holiday", PLANNERS, "take that back"),
    # Ready answers
    Route("GET", "/canned", "canned.listing.replies", VIEWERS, "every ready answer, and how each language stands"),
    Route("POST", "/canned", "canned.listing.create", EDITORS, "begin a new one"),
    Route("GET", "/canned/<name>", "canned.reply.shown", VIEWERS, "one of them, and how it comes out on each channel"),
    Route("POST", "/canned/<name>", "canned.reply.write", EDITORS, "keep its words in one language"),
    Route("POST", "/canned/<name>/preview", "canned.reply.preview", EDITORS, "what is typed, as it would come out"),
    Route("POST", "/canned/<name>/review", "canned.reply.review", EDITORS, "say that somebody else has looked it over"),
    Route("POST", "/canned/<name>/kind", "canned.reply.file_under", EDITORS, "put it among others of its kind"),
    Route("POST", "/canned/<name>/away", "canned.reply.take_away", EDITORS, "take it away"),
    # What belongs to a case beside the talk
    Route("GET", "/cases/<case>/files/<file>", "casefile.files.look", READERS, "a file of the case, in the page"),
    Route("POST", "/cases/<case>/files/<file>/keep", "casefile.files.keep", READERS, "keep it on a device; on record"),
    Route("POST", "/cases/<case>/referrals", "casefile.doing.offer", READERS, "tell her of somebody who helps"),
    Route(
        "POST",
        "/cases/<case>/referrals/<referral>",
        "casefile.doing.step",
        READERS,
        "her yes to it, and what became of it",
    ),
    Route("POST", "/cases/<case>/plan", "casefile.doing.write_plan", READERS, "write the safety plan"),
    Route("POST", "/cases/<case>/plan/send", "casefile.doing.send_plan", READERS, "send her the safety plan"),
    Route("GET", "/requests", "casefile.two.waiting", READERS, "what waits for a second yes"),
    Route("POST", "/cases/<case>/requests", "casefile.two.ask", READERS, "ask for what takes two"),
    Route("POST", "/cases/<case>/requests/<request>/agree", "casefile.two.agree", READERS, "the second yes"),
    Route(
        "POST", "/cases/<case>/requests/<request>/export", "casefile.two.export", READERS, "the copy that two agreed to"
    ),
    Route("POST", "/cases/<case>/requests/<request>/refuse", "casefile.two.refuse", READERS, "a no, or taken back"),
    Route(
        "POST",
        "/cases/<case>/requests/<request>/reveal",
        "casefile.two.reveal",
        READERS,
        "who she is, to who asked, for an hour",
    ),
    # Institutions
    Route("GET", "/institutions", "institutions.everything", ADMIN, "colleges, schools and workplaces, searched"),
    Route("GET", "/institutions/one", "institutions.one", ADMIN, "one of them, its posters and codes; or a new one"),
    Route("POST", "/institutions/one", "institutions.save", ADMIN, "change one, or add it; also one that is missing"),
    Route("POST", "/institutions/close", "institutions.close", ADMIN, "offer it no more, or again"),
    Route("GET", "/institutions/poster", "institutions.poster", ADMIN, "its poster, as PDF"),
    Route("GET", "/institutions/code", "institutions.code", ADMIN, "one of its QR codes, as PNG"),
    Route("GET", "/institutions/wanted", "institutions.wanted", ADMIN, "what reporters named and the list lacks"),
    Route("POST", "/institutions/join", "institutions.put_together", ADMIN, "two missing names are one"),
    Route("POST", "/institutions/listed", "institutions.is_listed", ADMIN, "a missing name is in the list already"),
    Route("POST", "/institutions/dismiss", "institutions.dismiss", ADMIN, "a missing name is no institution"),
    # What is on, and who helps
    Route(
        "GET", "/news", "community.posts.posts", TENDERS, "what is told and sent to whoever asked; how many it reached"
    ),
    Route(
        "GET", "/news/post", "community.posts.post", TENDERS, "one post in every language, as it is sent; or a new one"
    ),
    Route("POST", "/news/post", "community.posts.save", TENDERS, "keep a draft"),
    Route("POST", "/news/post/preview", "community.posts.preview", TENDERS, "how it would be sent as it is typed"),
    Route("POST", "/news/post/publish", "community.posts.publish", TENDERS, "tell it from now on, once"),
    Route("POST", "/news/post/withdraw", "community.posts.withdraw", TENDERS, "tell it no more; a draft goes"),
    Route("GET", "/partners", "community.partners.partners", TENDERS, "the organisations that are told"),
    Route("GET", "/partners/one", "community.partners.partner", TENDERS, "one of them, or a new one"),
    Route("POST", "/partners/one", "community.partners.save", TENDERS, "change one, add one, tell it or not"),
    # What reporters are told
    Route("GET", "/words", "phrases.listing.phrases", WORDERS, "every phrase of a language beside its English"),
    Route("GET", "/words/phrase", "phrases.phrase.shown", WORDERS, "one phrase, where it is said, and what helps"),
    Route("POST", "/words/phrase", "phrases.phrase.say", WORDERS, "say it so from now on"),
    Route("POST", "/words/phrase/draft", "phrases.phrase.draft", WORDERS, "keep it as a draft"),
    Route("POST", "/words/phrase/count", "phrases.phrase.counted", WORDERS, "what it costs as it is typed"),
    Route(
        "POST", "/words/phrase/review", "phrases.phrase.review", WORDERS, "say that somebody else has looked it over"
    ),
    Route("POST", "/words/phrase/shipped", "phrases.phrase.ship", WORDERS, "say the shipped words again"),
    Route("POST", "/words/phrase/native", "phrases.phrase.native", WORDERS, "ask for a native speaker, or no more"),
    Route("GET", "/words/languages", "phrases.tongues.shown", WORDERS, "languages that the organisation brought"),
    Route("POST", "/words/languages", "phrases.tongues.bring", ADMIN, "begin a language; nobody is offered it yet"),
    Route("POST", "/words/languages/rename", "phrases.tongues.rename", ADMIN, "call it otherwise"),
    Route("POST", "/words/languages/remove", "phrases.tongues.take_away", ADMIN, "one never offered, with its words"),
    Route("POST", "/words/languages/switch", "phrases.tongues.switch", ADMIN, "offer it to reporters, or no more"),
    Route("GET", "/words/files", "phrases.files.files", WORDERS, "take a language as a file, or bring one"),
    Route("GET", "/words/files/export", "phrases.files.export", WORDERS, "every phrase of a language as a file"),
    Route("POST", "/words/files", "phrases.files.look", WORDERS, "what a file would change", A_FILE),
    Route("POST", "/words/files/apply", "phrases.files.take", WORDERS, "take the file that was looked at", A_FILE),
    Route("POST", "/words/replace", "phrases.files.replace", WORDERS, "what one word for another would change"),
    Route("POST", "/words/replace/apply", "phrases.files.do_replace", WORDERS, "do it everywhere"),
    Route("POST", "/words/phrase/remark", "phrases.phrase.remark", WORDERS, "tell colleagues something about it"),
    # Whether everything runs
    Route("GET", "/health", "health.shown", ADMIN, "whether everything runs, and what to do where it does not"),
    # The flow studio
    Route("GET", "/flows", "flows.listing.flows", ADMIN, "the flows, which edition holds, what is being written"),
    Route("POST", "/flows/new", "flows.listing.create", ADMIN, "begin a new flow"),
    Route("POST", "/flows/two", "flows.listing.want_two", ADMIN, "let two admins be needed, or ask that one be enough"),
    Route("GET", "/flows/flow", "flows.flow.flow", ADMIN, "one flow drawn, its steps, and what is wrong with it"),
    Route("POST", "/flows/do", "flows.flow.do", ADMIN, "add, move, rename, take out, undo, mend"),
    Route("GET", "/flows/step", "flows.step.step", ADMIN, "one step of a flow as a form"),
    Route("POST", "/flows/step", "flows.step.save", ADMIN, "change it", largest=256 * 1024),
    Route(
        "POST",
        "/flows/check",
        "flows.checking.check",
        ADMIN,
        "what is wrong with a form as it is being typed",
        largest=4 * 1024 * 1024,
    ),
    Route("GET", "/flows/walk", "flows.walk.walk", ADMIN, "the conversations that go every way of it"),
    Route("GET", "/flows/text", "flows.text.text", ADMIN, "the same flow as text"),
    Route("POST", "/flows/text", "flows.text.save", ADMIN, "put a text in its place", largest=4 * 1024 * 1024),
    Route("GET", "/flows/publish", "flows.publishing.changes", ADMIN, "what changes, in words, and what is wrong"),
    Route("POST", "/flows/publish", "flows.publishing.publish", ADMIN, "let the draft hold, once; or ask for it"),
    Route(
        "POST", "/flows/plan", "flows.planning.plan", ADMIN, "let the draft hold at a day and an hour; or ask for it"
    ),
    Route("POST", "/flows/plan/off", "flows.planning.call_off", ADMIN, "not then"),
    Route("POST", "/flows/agree", "flows.publishing.agree", ADMIN, "the second yes"),
    Route("POST", "/flows/refuse", "flows.publishing.refuse", ADMIN, "a no, or taken back"),
    Route("POST", "/flows/discard", "flows.publishing.discard", ADMIN, "take the draft away"),
    Route("POST", "/flows/carry", "flows.publishing.carry", ADMIN, "put the draft over what holds by now"),
    Route("GET", "/flows/insight", "flows.insight.insight", ADMIN, "how conversations go at each question, rounded"),
    Route(
        "POST", "/flows/wording", "flows.wordings.offer", ADMIN, "a second wording of a question in the draft, or none"
    ),
    Route("POST", "/flows/wording/end", "flows.wordings.end", ADMIN, "compare two wordings no more"),
    Route("POST", "/flows/wording/take", "flows.wordings.take", ADMIN, "one of two wordings into the draft"),
    Route("GET", "/flows/editions", "flows.editions.editions", ADMIN, "every edition there was, and who published it"),
    Route("POST", "/flows/back", "flows.editions.back", ADMIN, "let an earlier edition hold again"),
    Route("POST", "/flows/begin", "flows.editions.begin", ADMIN, "write on from an earlier edition"),
    Route("GET", "/flows/export", "flows.exchange.give", ADMIN, "one flow with its words as a file"),
    Route("GET", "/flows/bring", "flows.exchange.bring", ADMIN, "where a flow is brought as a file"),
    Route("POST", "/flows/bring", "flows.exchange.look", ADMIN, "what a file would become", A_FILE),
    Route("POST", "/flows/take", "flows.exchange.take", ADMIN, "keep it as drafts", 4 * A_FILE),
    Route("GET", "/flows/try", "flows.trying.begin", WORDERS, "a draft on three phones; nothing is kept"),
    Route("POST", "/flows/try", "flows.trying.go_on", WORDERS, "go on with it on one phone", largest=256 * 1024),
    Route("POST", "/flows/share", "flows.trying.share", ADMIN, "a link by which others try it without a login"),
    Route("POST", "/flows/unshare", "flows.trying.unshare", ADMIN, "end such a link at once"),
    # Settings of this deployment
    Route("GET", "/settings", "settings.overview.settings", ADMIN, "what is decided here, at a glance"),
    Route("GET", "/settings/face", "settings.face.face", ADMIN, "the team's own name and colour"),
    Route("POST", "/settings/face", "settings.face.keep", ADMIN, "change them"),
    Route("POST", "/settings/face/undo", "settings.face.undo", ADMIN, "take that back"),
    Route("GET", "/settings/switches", "settings.switches.switches", ADMIN, "what is offered to reporters"),
    Route("POST", "/settings/switches", "settings.switches.keep", ADMIN, "offer it, or no more"),
    Route("POST", "/settings/switches/undo", "settings.switches.undo", ADMIN, "take that back"),
    Route("GET", "/first", "settings.first.steps", ADMIN, "the first steps, and what is still missing"),
    Route("POST", "/first/name", "settings.first.name", ADMIN, "what the team calls itself"),
    Route("POST", "/first/skip", "settings.first.leave_out", ADMIN, "leave a step out, or see them no more"),
    Route("POST", "/first/try", "settings.first.attempt", ADMIN, "a message to try a channel; the number is not kept"),
    Route("GET", "/settings/menu", "settings.menu.ordered", ADMIN, "the order of the main menu"),
    Route("POST", "/settings/menu", "settings.menu.order", ADMIN, "show it in another order; or ask for it"),
    Route("POST", "/settings/menu/undo", "settings.menu.undo", ADMIN, "let the menu that held before hold again"),
    Route(
        "GET", "/settings/leaving", "settings.leaving.both", ADMIN, "the word that clears all, and the line seen then"
    ),
    Route("POST", "/settings/leaving", "settings.leaving.say", ADMIN, "change one of the two in one language"),
    Route("POST", "/settings/leaving/undo", "settings.leaving.undo", ADMIN, "take that back"),
    Route("GET", "/settings/retention", "settings.retention.kept", ADMIN, "how long reports stay"),
    Route("POST", "/settings/retention", "settings.retention.keep", ADMIN, "change it, after a look at what would go"),
    Route("POST", "/settings/retention/undo", "settings.retention.undo", ADMIN, "take that back"),
    Route("GET", "/static/<path:filename>", "pages.static", ANYBODY, "style and program of the pages"),
)


def in_words(roles: Roles | None) -> str:
    """Who may, as docs/routes.md says it."""
    if roles is None:
        return "anybody"
    return "all staff" if roles == STAFF else ", ".join(role for role in Role if role in roles)
