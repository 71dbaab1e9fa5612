"""What the commands say around an exercise, in its languages."""

from __future__ import annotations

#: By key: English, Korean.
_WORDS: dict[str, tuple[str, str]] = {
    "task": ("task", "과제 다시 보기"),
    "minutes": ("about {minutes} minutes", "약 {minutes}분"),
    "docker": ("with Docker", "Docker라면"),
    "shell": (
        "You are root in a machine of your own now. Short words: {words}.",
        "이제 여러분만의 머신에서 root입니다. 짧은 명령: {words}.",
    ),
    "shell_host": (
        "You are root on the machine itself. Short words: {words}.",
        "지금은 이 머신 자체에서 root로 작업합니다. 짧은 명령: {words}.",
    ),
    "enter": ("Go in with: nsnet lab shell", "들어가기: nsnet lab shell"),
    "left": (
        "{id} stays as it is. Go on: nsnet lab shell; end it: nsnet lab stop",
        "{id} 실습은 그대로 남아 있습니다. 계속하기: nsnet lab shell, 끝내기: nsnet lab stop",
    ),
    "goes_on": (
        "{id} goes on where you left it (from the beginning: nsnet lab reset)",
        "{id} 실습을 멈춘 곳에서 이어서 합니다 (처음부터: nsnet lab reset)",
    ),
    "again": ("The scene of {id} was gone: it is new.", "{id} 환경이 사라져서 새로 만들었습니다."),
    "prepares": ("preparing {id} …", "{id} 환경을 준비합니다 …"),
    "checking": ("checking {id} …", "{id} 실습을 검사합니다 …"),
    "passed": ("{id} is solved.", "{id} 실습을 통과했습니다."),
    "passed_again": ("{id} still passes.", "{id} 실습은 여전히 통과합니다."),
    "failed": (
        "Not yet. More about it: nsnet lab hint",
        "아직 아닙니다. 힌트: nsnet lab hint",
    ),
    "unchecked": ("That could not be checked.", "검사할 수 없었습니다."),
    "checks_left": ("{left} of {all} checks are left.", "검사는 {all}번 중 {left}번 남았습니다."),
    "next": ("Next: {id}, {title} (nsnet lab next)", "다음: {id}, {title} (nsnet lab next)"),
    "all": ("All {count} exercises are solved.", "실습 {count}개를 모두 통과했습니다."),
    "challenge": ("With it, you have passed the part {part}.", "이로써 {part} 단원을 마쳤습니다."),
    "not_solved": (
        "{id} is not solved yet: nsnet lab check (leave it out: nsnet lab next --skip)",
        "{id} 실습을 아직 통과하지 못했습니다: nsnet lab check (건너뛰기: nsnet lab next --skip)",
    ),
    "predict": ("What do you think?", "어떻게 될까요?"),
    "predict_how": ("Say it with: nsnet lab predict NUMBER", "답하기: nsnet lab predict 번호"),
    "predicted": (
        "Noted: {number}. What is true is told when it passes.",
        "{number}번으로 적어 두었습니다. 정답은 통과한 뒤에 알려 드립니다.",
    ),
    "no_predict": ("There is nothing to predict in {id}.", "{id}에는 예측 질문이 없습니다."),
    "right": ("Right.", "맞았습니다."),
    "wrong": ("It is {number}.", "정답은 {number}번입니다."),
    "answer_how": (
        "Say it with: nsnet lab answer ID VALUE",
        "답하기: nsnet lab answer ID 값",
    ),
    "no_answer": ("There are no questions in {id}.", "{id}에는 질문이 없습니다."),
    "answered": ("Noted: {id} = {value}", "적어 두었습니다: {id} = {value}"),
    "your_answer": ("your answer: {value}", "여러분의 답: {value}"),
    "no_check": (
        "Nothing has been checked yet: nsnet lab check",
        "아직 검사한 적이 없습니다: nsnet lab check",
    ),
    "solution": ("A solution of {id}:", "{id}의 풀이 예:"),
    "stopped": (
        "{id} has ended; nothing is left of it.",
        "{id} 실습을 끝냈습니다. 남은 것은 없습니다.",
    ),
    "nothing": ("nothing is under work", "진행 중인 실습이 없습니다"),
    "solved_of": ("{solved} of {all} exercises solved", "실습 {all}개 중 {solved}개 통과"),
    "leave": ("Leave this shell for it: exit", "이 셸에서 나가면 진행합니다: exit"),
    "ended": ("The exercise was ended from elsewhere.", "다른 곳에서 실습을 끝냈습니다."),
    "where_sandbox": ("in the sandbox lab", "샌드박스 lab 안"),
    "where_host": ("on the machine itself", "이 머신 자체"),
    "status": (
        "{id} ({title}), {where}, for {time}; checks: {checks}, hints: {hints}",
        "{id} ({title}), {where}, {time} 경과, 검사 {checks}번, 힌트 {hints}번",
    ),
    "spoiled": ("The solution was shown.", "풀이를 보았습니다."),
    "scene_gone": ("Its scene is gone: nsnet lab reset", "환경이 사라졌습니다: nsnet lab reset"),
    "is_passed": ("It has passed.", "통과했습니다."),
    "changed": ("changed: {kinds}", "바뀐 것: {kinds}"),
    "keys": (
        "h hint · t task · c check · p predict · s status · ? keys · q quit",
        "h 힌트 · t 과제 · c 검사 · p 예측 · s 상태 · ? 키 설명 · q 끝내기",
    ),
    "next_key": ("n next exercise", "n 다음 실습"),
    "unsolved": ("It is not solved yet.", "아직 통과하지 못했습니다."),
    "sure": (
        "Begin anew, and lose what you built? y yes · any other key no",
        "만든 것을 버리고 처음부터 시작할까요? y 예 · 다른 키 아니요",
    ),
    "number": ("Number (Enter: none): ", "번호 (Enter: 건너뛰기): "),
    "help": (
        "h  a hint, a little more each time\nt  the task\nc  check now\n"
        "p  predict what will happen\ns  what is under work\n"
        "n  the next exercise, when this one is solved\nx  begin this one anew\nq  quit",
        "h  힌트: 누를 때마다 조금씩 더 자세해집니다\nt  과제\nc  지금 검사\n"
        "p  어떻게 될지 예측하기\ns  진행 상황\n"
        "n  다음 실습 (이 실습을 통과한 뒤)\nx  이 실습을 처음부터 다시\nq  끝내기",
    ),
    "values": ("Values, as variables in the lab shell:", "랩 셸의 환경 변수 값:"),
}


#: By kind of change (`kernel.changes`): English, Korean.
_KINDS = {
    "namespace": ("namespaces", "네임스페이스"),
    "link": ("interfaces", "인터페이스"),
    "address": ("addresses", "주소"),
    "route": ("routes", "라우팅"),
    "neighbour": ("neighbour entries", "이웃 항목"),
    "firewall": ("rules", "방화벽 규칙"),
    "setting": ("settings", "커널 설정"),
    "polled": ("servers or settings", "서버나 설정"),
}


def word(key: str, language: str, **blanks: object) -> str:
    """A sentence with its blanks filled."""
    english, korean = _WORDS[key]
    return (korean if language == "ko" else english).format(**blanks)


def of_kinds(kinds: set[str], language: str) -> str:
    """What has changed, as a list; what is polled changes along with the others."""
    known = [each for each in _KINDS if each in kinds]
    if "polled" in known[1:]:
        known.remove("polled")
    return ", ".join(_KINDS[each][language == "ko"] for each in known)


def duration(seconds: float, language: str) -> str:
    """A length of time, roughly: ``5 min``."""
    minutes = int(seconds // 60)
    hours, minutes = divmod(minutes, 60)
    units = ("시간", "분", "초") if language == "ko" else (" h", " min", " s")
    if hours:
        return f"{hours}{units[0]} {minutes}{units[1]}"
    return f"{minutes}{units[1]}" if minutes else f"{int(seconds)}{units[2]}"
