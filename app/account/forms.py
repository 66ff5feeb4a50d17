"""Forms of the account journey."""

from flask_wtf import FlaskForm
from wtforms import (
    EmailField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.validators import DataRequired, EqualTo, Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.guards import Role
from app.services.passwords import password_advice

CODE_HINT = "The 6 digits your authenticator app shows now."


def an_address(_form: FlaskForm, field: StringField) -> None:
    """Ask for an e-mail address that can be one."""
    name, _, domain = (field.data or "").strip().partition("@")
    if not name or "." not in domain or " " in field.data.strip():
        raise ValidationError("Enter an e-mail address, like name@example.org.")


def _one_time_code() -> StringField:
    return StringField(
        "One-time code",
        description=CODE_HINT,
        validators=[DataRequired("Enter the code from your app."), Length(max=12)],
    )


class SignInForm(FlaskForm):
    """Address, password and one-time code on one page: no page says which of them was wrong."""

    email = EmailField(
        "E-mail address", validators=[DataRequired("Enter your e-mail address."), Length(max=254)]
    )
    password = PasswordField(
        "Password", validators=[DataRequired("Enter your password."), Length(max=200)]
    )
    code = _one_time_code()


class JoinForm(FlaskForm):
    """Choose a password and pair an authenticator app."""

    password = PasswordField(
        "Choose a password",
        description="12 characters or more. Three random words work well.",
        validators=[DataRequired("Choose a password."), Length(max=200)],
    )
    again = PasswordField(
        "The same password again",
        validators=[EqualTo("password", "Enter the same password in both boxes.")],
    )
    code = _one_time_code()

    about: tuple[str, ...] = ()

    def validate_password(self, field: PasswordField) -> None:
        """Advise on a weak password."""
        advice = password_advice(field.data or "", about=self.about)
        if advice:
            raise ValidationError(advice)


class ProveForm(FlaskForm):
    """Who has an account proves it, and gains the roles of the invitation."""

    password = PasswordField(
        "The password you have", validators=[DataRequired("Enter your password."), Length(max=200)]
    )
    code = _one_time_code()


class SetupForm(FlaskForm):
    """The single-use code, and who the first administrator is."""

    code = StringField(
        "Set-up code",
        description="It was printed where Heard was started, like ABCD-EFGH-JKLM-NPQR.",
        validators=[DataRequired("Enter the set-up code."), Length(max=40)],
    )
    name = StringField("Your name", validators=[DataRequired("Enter your name."), Length(max=120)])
    email = EmailField("Your work e-mail address", validators=[an_address, Length(max=254)])


OF_ONE_SERVICE = {Role.PROVIDER_LEAD.value, Role.LEAD_PARTNER.value}


class InviteForm(FlaskForm):
    """Invite a colleague."""

    name = StringField(
        "Their name", validators=[DataRequired("Enter their name."), Length(max=120)]
    )
    email = EmailField("Their work e-mail address", validators=[an_address, Length(max=254)])
    roles = SelectMultipleField(
        "What they do",
        description="Give only what their work needs. You can invite them again for more.",
        choices={role.value: role.replace("_", " ").capitalize() for role in Role},
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validators=[DataRequired("Select at least one.")],
    )
    service = SelectField("Only for one service", description="Leave empty for the whole body.")

    def validate_service(self, field: SelectField) -> None:
        """Refuse a provider without a service: it would be bound to none."""
        if not field.data and OF_ONE_SERVICE & set(self.roles.data or ()):
            raise ValidationError("Choose the service this provider is to see.")


class ConfirmForm(FlaskForm):
    """A button and its CSRF token."""
