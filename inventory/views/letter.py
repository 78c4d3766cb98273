"""Letters to students and their receipts, printed at the desk."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from core import paper
from core.access import needs
from inventory import issuing
from inventory.forms.letter import LettersForm
from inventory.models import Student, StudentLink
from inventory.models.link import PASSPORT_TAIL
from inventory.papers import receipt
from rooms.models import Building

FORM_PAGES = require_http_methods(["GET", "HEAD", "POST"])


@FORM_PAGES
@needs("rooms.issue_link", Student)
def issue_letter(request: HttpRequest, student: Student) -> HttpResponse:
    """Make the student's new link and answer with their letter; the page before it says what that means."""
    if request.method == "POST":
        drawn = issuing.issue_letters([student], by=request.user)  # type: ignore[arg-type]
        return paper.answer(drawn, filename=f"letter-{student.student_number}.pdf", keep=True)
    context = {
        "building": student.building,
        "student": student,
        "link": StudentLink.objects.active().filter(student=student).first(),
        "known": len(student.person.passport_number) >= PASSPORT_TAIL,
    }
    return render(request, "inventory/letter/one.html", context)


@FORM_PAGES
@needs("rooms.issue_link", Building)
def print_letters(request: HttpRequest, building: Building) -> HttpResponse:
    """Letters for all who have no link that opens, or for those ticked, as one PDF."""
    rows = issuing.addressees(building)
    waiting = [row.student for row in rows if row.waiting]
    form = LettersForm(
        request.POST if request.method == "POST" else None, students=[row.student for row in rows if row.known]
    )
    if form.is_valid():
        chosen = {student.pk for student in form.cleaned_data["students"]}
        students = waiting
        if form.cleaned_data["which"] == "chosen":
            students = [row.student for row in rows if row.student.pk in chosen]
        if students:
            drawn = issuing.issue_letters(students, by=request.user)  # type: ignore[arg-type]
            return paper.answer(drawn, filename=f"letters-{len(students)}.pdf", keep=True)
    context = {
        "building": building,
        "rows": rows,
        "waiting": waiting,
        "unknown": [row.student for row in rows if not row.known],
        "form": form,
    }
    return render(request, "inventory/letter/many.html", context, status=422 if form.is_bound else 200)


@require_safe
@needs("rooms.print_papers", Student)
def student_receipt(request: HttpRequest, student: Student) -> HttpResponse:
    """The receipt of the student's newest confirmation, as the student has it."""
    return receipt.answer(student)
