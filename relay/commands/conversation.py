"""One turn of a conversation by text: what a message means to the person who sent it."""

from dataclasses import dataclass, replace

from relay.commands.answers import ANSWERS, READING, Said, Talk, Turn
from relay.commands.library import Library
from relay.keywords import Action, Command, Grammar
from relay.render import Reader, Renderer
from relay.values import Person, PersonState


@dataclass(frozen=True, slots=True)
class Conversation:
    """How the node talks; pure but for what `Library` reads."""

    grammar: Grammar
    render: Renderer

    def understand(self, text: str) -> Command | None:
        """What a text asks for, None where nobody can tell."""
        return self.grammar.parse(text)

    def turn(self, person: Person, command: Command | None, library: Library) -> Turn:
        """Answer `person`, who may be new, active, or have stopped."""
        person = _reading_as_they_write(person, command)
        if person.state is PersonState.STOPPED and not _may_follow_stop(command):
            return Turn(person)
        if person.state is PersonState.STOPPED and command and command.action is Action.JOIN:
            person = replace(person, state=PersonState.CONTACT)
        return self._greeted(self._answer(person, command, library), command)

    def _answer(self, person: Person, command: Command | None, library: Library) -> Turn:
        if command is None:
            # Whoever is new reads what this is, which is the better help.
            if not person.greeted:
                return Turn(person)
            return Talk(person, Command(Action.MENU), library, self.render).say("unknown")
        return ANSWERS[command.action](Talk(person, command, library, self.render))

    def _greeted(self, turn: Turn, command: Command | None) -> Turn:
        """The first message to anyone says what this is; to JOIN it is the confirmation as well."""
        action = command.action if command else None
        if turn.person.greeted or action in {Action.STOP, Action.FORGET}:
            return turn
        person = replace(turn.person, greeted=True)
        reader = Reader(person.language, person.script)
        first = Said(self.render.say("first_contact", reader))
        if action in {Action.JOIN, Action.MENU}:
            return replace(turn, person=person, says=(first,))
        says = (*turn.says, first) if action is Action.HELP else (first, *turn.says)
        return replace(turn, person=person, says=says)


def _may_follow_stop(command: Command | None) -> bool:
    return command is not None and command.action in {Action.JOIN, Action.FORGET}


def _reading_as_they_write(person: Person, command: Command | None) -> Person:
    """Who never said how they read is answered as they write, from then on.

    A STOP is written alike in many languages and shows nothing of who is known already.
    """
    if command is None or person.chose_language or command.action is Action.LANG:
        return person
    if command.action is Action.STOP and person.greeted:
        return person
    return replace(
        person,
        language=command.language or person.language,
        script=command.script or person.script,
    )


def is_reading(command: Command | None) -> bool:
    """Whether it can be answered without knowing who asks."""
    return command is None or command.action in READING
