//! What joins the thoughts of the demo voices. `{who}` is whom they answer, `{idea}` that one's idea, `{other}` somebody else
//! in the room. Nothing here says anything about the world: every thought comes from a card.

/// The first words of a discussion; `{topic}` is a sentence.
pub const FIRST: &[&str] = &[
    "{topic} Before anyone answers, let me put one thing on the table.",
    "{topic} It is a good place to begin, because it will not let us stay polite for long.",
    "{topic} Everyone in this room has an answer ready, I suppose; mine begins a little further back.",
    "{topic} I should like to take that slowly, and to start from what I am surest of.",
    "{topic} I hear two questions in that one, and I begin with the one that is asked more quietly.",
];

/// Taking up somebody whose idea is known by name.
pub const TAKING_UP_IDEA: &[&str] = &[
    "{who} has put {idea} before us, and I do not want to pass it by.",
    "I have been listening to {who} on {idea}, and I can go along for half of the way.",
    "There is something in what {who} says about {idea}; I grant it, and still I would turn it another way.",
    "I am not sure that {idea} will carry all the weight that {who} puts on it.",
    "With {idea}, {who} has touched the right spot; I come to it from the other side.",
    "Let me take up the point that {who} made about {idea}, because mine begins where that one ends.",
    "I would not quarrel with {who} over {idea}, only with the thought that we could stop there.",
    "If {who} is right about {idea}, then a further question is waiting for us.",
    "When {who} speaks of {idea}, I nod at first, and then I begin to wonder what has been left out.",
];

/// Taking up somebody whose idea has no name that could stand in a sentence.
pub const TAKING_UP: &[&str] = &[
    "{who} has just said something that I do not want to pass by.",
    "I have been listening to {who}, and I can go along for half of the way.",
    "I grant {who} the starting point; where it leads is another matter.",
    "I am not sure that I can follow {who} to the end of that road.",
    "It seems that {who} and I are looking at one thing from two sides.",
    "I want to answer {who} directly, because the difference matters.",
    "What {who} says holds as far as it goes; I ask what it leaves out.",
];

/// Staying with one `{word}` that was used.
pub const TAKING_UP_WORD: &[&str] = &[
    "I should like to stay for a moment with one word that {who} used, {word}.",
    "Much depends on one word that {who} used, {word}, and I do not think we all mean the same by it.",
    "One word that {who} used will not leave me alone: {word}.",
];

/// Answering the host (or the class), who asked `{asked}`.
pub const ASKED: &[&str] = &[
    "{asked} I will try to answer that without running away from it.",
    "{asker} asks: {asked} I am glad of it, for we were in danger of agreeing too early.",
    "{asked} It is a fair thing to ask, and I do not have a finished answer.",
    "{asker} wants to know: {asked} Let me say what I can from where I stand.",
    "{asked} That brings us down to earth, and so I will be brief.",
];

/// Following the host to `{subject}`.
pub const REDIRECTED: &[&str] = &[
    "{asker} turns us to {subject}, and I follow gladly.",
    "So let us speak of {subject}, as {asker_mid} asks us to.",
    "About {subject}, then: it is good to be stopped and asked for something definite.",
    "{asker} would have us think of {subject}; here is what I can bring to it.",
];

/// Answering the host, who said `{asked}` and asked nothing.
pub const TOLD: &[&str] = &[
    "{asker} puts this to us: {asked} I take it up.",
    "{asked} So {asker_mid} says, and it deserves an answer and not only a nod.",
    "I keep in mind what {asker_mid} has just said: {asked}",
];

/// Going on after one's own words.
pub const GOING_ON: &[&str] = &[
    "Let me go on from where I stopped, for I left something out.",
    "I said only half of it just now.",
    "Nobody has stopped me, so I will add what follows from it.",
    "To what I said a moment ago belongs a second thought.",
];

/// Before one's own idea.
pub const LEADS: &[&str] = &[
    "What I hold on to is this.",
    "For my part I begin here.",
    "I would put it in one sentence.",
    "Let me say it as plainly as I can.",
    "My own thought runs like this.",
    "There is one thing I keep coming back to.",
    "This much I am ready to defend.",
    "Look at it this way.",
];

/// Before an idea that this character has already brought in.
pub const AGAIN: &[&str] = &[
    "I have said it before, and I say it again because it meets us here from another side.",
    "I come back to something I said earlier; it has not been answered yet.",
    "You have heard this from me already, but now it bears on something new.",
];

/// After one's own idea.
pub const LINKS: &[&str] = &[
    "Take that seriously, and the question in front of us begins to look different.",
    "I do not offer it as the last word, only as something that any answer will have to reckon with.",
    "Whoever wants to settle our question will have to say what they make of that.",
    "Try it on any example from this room, and see for yourselves how far it carries.",
    "It asks something of us, too, and not only of those whom we are talking about.",
    "You may find that too simple; then show me the case in which it breaks down.",
    "Without it, I think, we should be talking past the heart of the matter.",
    "I know that this is easily said; what it would cost us to act on it is another matter.",
    "Once that is granted, a good deal of what we usually say about it has to be said again with more care.",
];

/// Before a point of dissent.
pub const DISSENT: &[&str] = &[
    "And I will not hide that I see some of it otherwise.",
    "On one point I do not give way.",
    "There is a disagreement in this, and it should be heard.",
    "Here I part company with some.",
    "It is only fair to say where I differ.",
];

/// A question to somebody else in the room.
pub const CLOSING: &[&str] = &[
    "What would {other} say to that?",
    "How does it look from where {other} stands?",
    "Can {other} think of a case in which it is otherwise?",
    "Would {other} go that far with us?",
    "Does {other} see what we have overlooked?",
    "Would {other} draw the line at the same place?",
    "Where would {other} begin?",
];

/// Last words with nobody else to turn to.
pub const CLOSING_ALONE: &[&str] = &[
    "Is there anyone here for whom it is otherwise?",
    "What would it change in this very room?",
    "Have I left out the very person whom it is about?",
    "Who among you would put it differently?",
];

/// Before the question that a character asks by habit.
pub const HABIT: &[&str] = &["So I would ask the others {question}.", "And I should like to ask everyone here {question}."];

pub const NARRATED_HABIT: &[&str] = &["That leaves a question for everyone here: {question}?"];

/// Before answering one's own question.
pub const OWN_ANSWER: &[&str] =
    &["My own answer begins here.", "I will not ask without answering.", "Here is how I would answer it myself."];

/// A narrator speaks for a living person; these stand where the first person would.
pub const NARRATED_FIRST: &[&str] = &["{topic} The published work of {self} has something to say to that."];
pub const NARRATED: &[&str] = &[
    "What {who} has said can be set beside the published work of {self}.",
    "To the point that {who} made, the work of {self} adds another side.",
    "Between {who} and the published work of {self} there is a difference worth hearing.",
    "The work of {self} would put the weight elsewhere than {who} does.",
];
pub const NARRATED_LEADS: &[&str] = &[
    "One finds there the following thought.",
    "It can be reported in one sentence.",
    "The claim, as it has been published, is this.",
    "This is the part of it that bears on our question.",
];
pub const NARRATED_LINKS: &[&str] = &[
    "Whether that settles our question is for those in the room to judge; the published work does not say so.",
    "It is a claim and not a verdict, and it should be held against what the others bring.",
    "Take that seriously, and the question in front of us begins to look different.",
    "Those who see it otherwise would have to say what they make of that.",
];
pub const NARRATED_DISSENT: &[&str] = &[
    "There is a dispute here as well.",
    "It should also be said where opinions part.",
    "The other side belongs in the report, too.",
];

/// Thoughts for somebody whose card holds no ideas.
pub const PLAIN_THOUGHTS: &[&str] = &[
    "Before we judge, we should ask who is touched by it and what they themselves would say.",
    "A thing looks different to the one who decides it and to the one who has to live with it.",
    "It helps to begin with one example that we all know, and to ask what happens in it step by step.",
    "We should say what would have to happen for us to change our minds.",
    "Two people can use the same words here and mean quite different things by them.",
];
